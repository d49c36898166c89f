-- One row a listed product. Category and price are those of the change with the latest business time: one
-- that is dated before the current one does not replace it.
CREATE TABLE products (
  product_id text COLLATE "C" PRIMARY KEY,
  revision integer NOT NULL,
  name text NOT NULL,                        -- as listed
  category text NOT NULL,
  category_from timestamptz,                 -- when it became that; null: as listed
  price text NOT NULL,                       -- decimal string
  price_from timestamptz,
  currency text NOT NULL,
  updated_position text COLLATE "C" NOT NULL
);

-- The newest name that the catalogue, an order or a credit note gave a product, listed or not: by business
-- time, then by place in the log. A document that gives none says the id, which is no name.
CREATE TABLE product_names (
  product_id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  named_at timestamptz NOT NULL,
  position text COLLATE "C" NOT NULL,
  line_number integer NOT NULL               -- of the order or credit note; 0: listed
)
-- Each sale writes its products' rows: room for their next versions on the page.
WITH (fillfactor = 70);
