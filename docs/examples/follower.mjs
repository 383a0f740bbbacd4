// Shows what becomes of the orders, from now on. AMQP_URL says where RabbitMQ is; needs amqplib.
import { connect } from "amqplib";

const connection = await connect(process.env.AMQP_URL);
const channel = await connection.createChannel();
await channel.assertQueue("stock.javascript", { durable: true, arguments: { "x-queue-type": "quorum" } });
await channel.bindQueue("stock.javascript", "orders.events", "order.*");
const last = {};
await channel.consume("stock.javascript", (message) => {
  if (message === null) {
    console.error("The queue is gone: somebody deleted it.");
    process.exit(1);
  }
  const event = JSON.parse(message.content);
  if (event.sequence > (last[event.subject] ?? "")) { // Else it is a repeat.
    last[event.subject] = event.sequence;
    console.log(event.type, event.subject, event.sequence);
  }
  channel.ack(message);
});
