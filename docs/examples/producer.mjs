// Sends an order to the desk and shows its answer. AMQP_URL says where RabbitMQ is; needs amqplib.
import { randomUUID } from "node:crypto";
import { connect } from "amqplib";

const connection = await connect(process.env.AMQP_URL);
const channel = await connection.createConfirmChannel();
const answered = new Promise((show) => channel.consume("amq.rabbitmq.reply-to", show, { noAck: true }));
const order = { customer_name: "Helgi Möller", products_ids: [2, 4, 42] };
const properties = { contentType: "application/json", persistent: true, mandatory: true, messageId: randomUUID() };
properties.replyTo = "amq.rabbitmq.reply-to";
channel.publish("orders.intake", "orders.intake", Buffer.from(JSON.stringify(order)), properties);
await channel.waitForConfirms();
const answer = await answered;
console.log(answer.properties.type, answer.content.toString());
await connection.close();
