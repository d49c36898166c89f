import type { FastifyInstance } from 'fastify';

const QUERY = `mutation {
  placeOrder(input: {
    idempotencyKey: "first", orderId: "1001", customerId: "ada", country: "DE", currency: "EUR",
    lines: [{ productId: "book-1", category: "Books", unitPrice: "12.50", quantity: 2 }]
  }) {
    ... on OrderAccepted { order { id status total { amount currency } } consistencyToken }
    ... on Failure { code message path }
  }
}`;

const SUBSCRIPTION =
  'subscription { liveMetrics { orders net byCategory { category net } asOf { position } } }';

/** GET /: a page that says where things are, with something to copy. It loads nothing from anywhere. */
export function addIndexPage(app: FastifyInstance): void {
  app.get('/', async (_, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(INDEX_PAGE),
  );
}

export const INDEX_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tidemark</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
  pre { background: #f3f4f6; color: #111; padding: 1rem; overflow-x: auto; border-radius: 6px }
</style>
<h1>Tidemark</h1>
<p>Orders in, live numbers out.</p>
<ul>
  <li><code>POST /graphql</code>: queries and mutations</li>
  <li><code>ws /graphql</code>: subscriptions, protocol <code>graphql-transport-ws</code></li>
  <li><a href="/livez">/livez</a>, <a href="/readyz">/readyz</a>: is it up, is it ready</li>
  <li><a href="/metrics">/metrics</a>: Prometheus</li>
</ul>
<p>Place an order:</p>
<pre>${escapeHtml(QUERY)}</pre>
<p>See the numbers move:</p>
<pre>${escapeHtml(SUBSCRIPTION)}</pre>
`;

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
