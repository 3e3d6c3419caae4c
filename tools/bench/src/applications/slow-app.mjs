// An application that waits for something for a tenth of a second, as most do that ask a database.

export default (_request, response) => {
  setTimeout(() => response.end('{"hello":"world"}'), 100);
};
