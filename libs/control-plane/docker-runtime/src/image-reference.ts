// The name of an image, taken apart as the engine's pull call wants it.

/** `fromImage` and `tag` of a pull. Without a tag the engine would pull all of them. */
export function pullQuery(image: string): Readonly<Record<string, string>> {
  if (image.includes("@")) return { fromImage: image };
  const colon = image.lastIndexOf(":");
  // A colon before a slash belongs to the registry's port.
  if (colon <= image.lastIndexOf("/")) return { fromImage: image, tag: "latest" };
  return { fromImage: image.slice(0, colon), tag: image.slice(colon + 1) };
}

/** The registry of an image: the first part of its name when that can be a host, else Docker Hub. */
export function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return isHost ? first : "docker.io";
}
