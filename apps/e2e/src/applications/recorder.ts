// An application that is no HTTP server: it takes the bytes of one request, up to its end, and answers with
// them, so that a test sees what a worker host writes.

import { createServer } from "node:net";

/** Whether these bytes hold a header and all of the body that it announces. */
function isComplete(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const head = text.slice(0, end);
  if (/\r\ntransfer-encoding:/i.test(head)) return /\r\n0\r\n(.+\r\n)*\r\n$/.test(text.slice(end));
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return text.length - end - 4 >= length;
}

createServer((socket) => {
  let text = "";
  socket.setEncoding("latin1");
  socket.on("error", () => {});
  socket.on("data", (part: string) => {
    text += part;
    if (!isComplete(text)) return;
    const body = `${Buffer.from(text, "latin1").toString("base64")}(end)`;
    socket.end(
      `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
}).listen(Number(process.env["PORT"]), "127.0.0.1");
