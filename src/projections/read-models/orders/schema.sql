-- One row an order: what the API reads.
CREATE TABLE orders (
  order_id text COLLATE "C" PRIMARY KEY,
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
  updated_position text COLLATE "C" NOT NULL,
  -- JSON, but of type text: as json a whole history would be parsed again for every entry that is added.
  lines text NOT NULL,                       -- OrderLine[] of domain/events.ts
  history text NOT NULL                      -- oldest first: [{ type, at (Unix ms), revision, position,
                                             --   details? }]
)
-- Most orders are updated a few times: room for that on their page keeps their versions together.
WITH (fillfactor = 85);
