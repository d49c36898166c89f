-- Sales by day and category, on both clocks. Amounts are minor units of `currency`. converted = false: orders
-- that are in `currency`. converted = true: orders in another currency whose exchange rate turned them into
-- the reporting currency, which `currency` then is. The reporting currency's whole is the two together. Units
-- and orders fit 64 bits: that is nine billion lines of the largest quantity.
CREATE TABLE category_revenue (
  clock text NOT NULL,                       -- PROCESSED: the day of the event; ORDERED: the order's day
  currency text NOT NULL,
  converted boolean NOT NULL,
  day date NOT NULL,                         -- in the store's time zone
  category text COLLATE "C" NOT NULL,
  gross numeric NOT NULL,
  discounts numeric NOT NULL,
  returns numeric NOT NULL,
  units bigint NOT NULL,                     -- ordered, less cancelled; returns do not reduce it
  units_returned bigint NOT NULL,
  orders bigint NOT NULL,                    -- orders with a line in this category, less cancelled
  PRIMARY KEY (clock, currency, converted, day, category)
)
-- Rows of recent days are updated with every batch: room for that on their page spares the index.
WITH (fillfactor = 50);

-- The same over all categories: an order with two categories counts once here.
CREATE TABLE revenue (
  clock text NOT NULL,
  currency text NOT NULL,
  converted boolean NOT NULL,
  day date NOT NULL,
  gross numeric NOT NULL,
  discounts numeric NOT NULL,
  returns numeric NOT NULL,
  units bigint NOT NULL,
  units_returned bigint NOT NULL,
  orders bigint NOT NULL,
  PRIMARY KEY (clock, currency, converted, day)
)
WITH (fillfactor = 50);

-- What is not in the reporting currency's numbers, because it came in another currency without an exchange
-- rate.
CREATE TABLE unconverted_revenue (
  clock text NOT NULL,
  currency text NOT NULL,
  day date NOT NULL,
  gross numeric NOT NULL,
  discounts numeric NOT NULL,
  returns numeric NOT NULL,
  orders bigint NOT NULL,
  documents bigint NOT NULL,                 -- orders, cancellations, returns, credit notes left out
  PRIMARY KEY (clock, currency, day)
);

-- The store's settings as this projection has seen them; no row before StoreConfigured.
CREATE TABLE revenue_settings (
  reporting_currency text NOT NULL PRIMARY KEY,
  time_zone text NOT NULL
);
