-- One row a listed product.
CREATE TABLE products (
  product_id text COLLATE "C" PRIMARY KEY,
  revision integer NOT NULL,
  name text NOT NULL,
  category text NOT NULL,
  price text NOT NULL,                       -- decimal string
  currency text NOT NULL,
  updated_position text COLLATE "C" NOT NULL
);
