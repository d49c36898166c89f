-- One row a customer, whether registered or only named by an order or a credit note. The two halves come from different
-- streams and never overwrite each other, so their order of arrival does not matter.
CREATE TABLE customers (
  customer_id text COLLATE "C" PRIMARY KEY,
  revision integer,                          -- of the customer's stream; null when never registered
  name text,
  email text,
  country text,
  region text,
  registered_at timestamptz,
  seen_position text COLLATE "C",            -- first order or credit note that named the customer
  seen_country text,                         -- and where it was sold
  seen_region text
);
