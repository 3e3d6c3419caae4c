// An Express application. Nothing in it knows of Penstock: default-export the app.

import express, { type Express } from "express";

const app: Express = express();
app.use(express.json());

app.get("/express/", (_request, response) => {
  response.type("text").send("Hello from Express\n");
});

app.post("/express/echo", (request, response) => {
  response.json({ received: request.body as unknown, length: request.get("content-length") });
});

export default app;
