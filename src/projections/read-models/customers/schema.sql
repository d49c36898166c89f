-- One row a customer, whether registered or only named by an order or a credit note. The two halves come from
-- different streams and never overwrite each other, so their order of arrival does not matter. Details are
-- those of the change with the latest business time; `.._from` is that time, null: as registered.
CREATE TABLE customers (
  customer_id text COLLATE "C" PRIMARY KEY,
  revision integer,                          -- of the customer's stream; null when never registered
  name text,
  name_from timestamptz,
  email text,
  email_from timestamptz,
  country text,
  country_from timestamptz,
  region text,
  region_from timestamptz,
  registered_at timestamptz,
  seen_position text COLLATE "C",            -- first order or credit note that named the customer
  seen_country text,                         -- and where it was sold
  seen_region text
);
