// A fetch handler: a Request comes in, a Response goes out.

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === "POST") {
      const bytes = await request.arrayBuffer();
      return Response.json({ pathname, bytes: bytes.byteLength });
    }
    return Response.json({ pathname, query: Object.fromEntries(searchParams) });
  },
};
