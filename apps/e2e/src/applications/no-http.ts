// A command that answers with whatever its path says in base64url: bytes that need not be HTTP. `$` is a field of
// 300 KiB. What asks for `/…/held` is answered once somebody asks for `/…/release`.

import { createServer, type Socket } from "node:net";

const held: Socket[] = [];

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nheld";

const WORDS = new Set(["held", "running", "release"]);

const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", (bytes: Buffer) => {
    const target = bytes.toString("latin1").split(" ")[1] ?? "";
    const path = target.slice(target.indexOf("/", 1) + 1);
    const said = WORDS.has(path) ? path : Buffer.from(path, "base64url").toString("latin1");
    if (said === "held") held.push(socket);
    else if (said === "running") socket.end(OK.replace("4", "1").replace("held", `${held.length}`));
    else if (said === "release") for (const each of [...held.splice(0), socket]) each.end(OK);
    else socket.end(Buffer.from(said.replace("$", `X-Large: ${"a".repeat(300 * 1024)}`), "latin1"));
  });
});
server.listen(Number(process.env["PORT"]), "127.0.0.1");
