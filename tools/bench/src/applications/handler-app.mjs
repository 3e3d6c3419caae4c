// The same answer without any import: what a start costs when the application costs nothing.

export default (_request, response) => {
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.end('{"hello":"world"}');
};
