ALTER TABLE rfm_moves ADD PRIMARY KEY (position);
