// What streams: events that stay silent, endless downloads, uploads that are counted. A `(req, res)` function
// without any import. Nothing in it knows who hosts it.
//
//   GET  /           the answer of every application
//   GET  /events     one event at once, and one more when this process gets SIGUSR2
//   GET  /download   bytes without end, as fast as they are taken
//   POST /upload     reads all of it and answers with the number of bytes in a line

const block = Buffer.alloc(65_536, "x");
const streams = new Set();

process.on("SIGUSR2", () => {
  for (const stream of streams) stream.write("data: last\n\n");
});

function events(response) {
  // nginx would wait for more otherwise.
  response.writeHead(200, { "content-type": "text/event-stream", "x-accel-buffering": "no" });
  response.write("data: first\n\n");
  streams.add(response);
  response.on("close", () => streams.delete(response));
}

function download(response) {
  response.writeHead(200, { "content-type": "application/octet-stream" });
  const fill = () => {
    while (!response.destroyed && response.write(block));
  };
  response.on("drain", fill);
  fill();
}

function upload(request, response) {
  let bytes = 0;
  request.on("data", (chunk) => (bytes += chunk.length));
  request.on("end", () => response.end(`${bytes}\n`));
}

export default (request, response) => {
  // A pool may have a prefix before it.
  switch (request.url.slice(request.url.lastIndexOf("/"))) {
    case "/events":
      return events(response);
    case "/download":
      return download(response);
    case "/upload":
      return upload(request, response);
    default:
      response.setHeader("content-type", "application/json; charset=utf-8");
      response.end('{"hello":"world"}');
  }
};
