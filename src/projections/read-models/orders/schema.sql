-- One row an order: what it is and where it stands. Its key is in keys.sql.
CREATE TABLE orders (
  order_id text COLLATE "C" NOT NULL,
  status text NOT NULL,                      -- PLACED, PAID, SHIPPED, DELIVERED, CANCELLED
  revision integer NOT NULL,                 -- of the order's stream
  customer_id text COLLATE "C",              -- null: guest
  country text NOT NULL,
  region text,
  currency text NOT NULL,
  exchange_rate text,                        -- decimal; reporting units for one unit of currency
  gross bigint NOT NULL,                     -- minor units of currency, here and below
  discounts bigint NOT NULL,
  returns bigint NOT NULL,
  shipping bigint NOT NULL,
  tax bigint NOT NULL,
  refunded_shipping bigint NOT NULL,         -- given back with returns
  refunded_tax bigint NOT NULL,
  total bigint NOT NULL,                     -- as placed: gross - discounts + shipping + tax
  placed_at timestamptz NOT NULL,
  placed_position text COLLATE "C" NOT NULL,
  updated_position text COLLATE "C" NOT NULL
)
-- Most orders are updated a few times: room for that on their page keeps their versions together.
WITH (fillfactor = 85);

-- One row an event of an order: its history, and its lines, which are never written again.
CREATE TABLE order_events (
  order_id text COLLATE "C" NOT NULL,
  revision integer NOT NULL,                 -- of the order's stream
  position text COLLATE "C" NOT NULL,
  type text NOT NULL,                        -- OrderPlaced, OrderPaid ...
  occurred_at timestamptz NOT NULL,
  details text,                              -- JSON: what a shipment, a return or a cancellation tells beside
  lines text                                 -- JSON, of OrderPlaced: OrderLine[] of domain/events.ts
);
