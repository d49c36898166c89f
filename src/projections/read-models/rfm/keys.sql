ALTER TABLE rfm_customers ADD PRIMARY KEY (customer_id);
ALTER TABLE rfm_moves ADD PRIMARY KEY (position);
