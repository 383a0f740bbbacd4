// A shop front in TypeScript: places an order, lists its orders, cancels it. Its types, schema.d.ts, are generated.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { env: Record<string, string> };

const authorization = { Authorization: `Bearer ${process.env.DESK_KEY}` };
const desk = createClient<paths>({ baseUrl: process.env.DESK_URL, headers: authorization });

function expect(true_: boolean, what: unknown): asserts true_ {
  if (!true_) throw new Error(JSON.stringify(what));
}

const sold = await desk.GET("/product", { params: { query: { limit: 2 } } });
expect(sold.data !== undefined, sold.error);

const body: components["schemas"]["NewOrder"] = {
  customer_name: "Helgi Möller",
  lines: sold.data.products.map((product) => ({ sku: product.sku, quantity: 2 })),
  shipping: { address: { country: "IS", city: "Reykjavík", line1: "Laugavegur 3" } },
  reference: "WEB-1001",
};
const header = { "Idempotency-Key": crypto.randomUUID() };
const placed = await desk.POST("/order", { body, params: { header } });
expect(placed.data !== undefined, placed.error);
const path = { order_num: placed.data.order_num };

const seen = await desk.GET("/order/{order_num}", { params: { path } });
expect(seen.data?.status === "received" && seen.data.reference === "WEB-1001", seen);
expect(seen.data.shipping?.address?.city === "Reykjavík" && seen.data.settled_at === null, seen.data);

const listed = await desk.GET("/order", { params: { query: { status: "received", limit: 10 } } });
expect(listed.data?.orders.length === 1 && listed.data.orders[0].order_num === path.order_num, listed);

const cancelled = await desk.POST("/order/{order_num}/cancel", { params: { path } });
expect(cancelled.data !== undefined, cancelled.error);

const refused = await desk.POST("/order", { body: { customer_name: "", products_ids: [2] } });
const fault = refused.error && "errors" in refused.error ? refused.error.errors?.[0] : undefined;
expect(fault?.pointer === "#/customer_name" && fault.code === "blank", refused);
console.log(path.order_num, cancelled.data.status);
