/** Every customer that an order or credit note named: customer_id, r (Unix ms), f, m, unconverted. */
export const CUSTOMERS = `
SELECT customer_id, r, coalesce(f, 0) AS f, coalesce(m, 0) AS m,
       coalesce(unconverted_orders, 0) + unconverted_notes AS unconverted
  FROM (SELECT customer_id,
               sum(gross - discounts - returns)
                 FILTER (WHERE way = 'converted'
                            OR (way = 'own' AND currency = getvariable('reporting'))) AS m,
               count(DISTINCT event)
                 FILTER (WHERE way = 'unconverted' AND kind = 'credited') AS unconverted_notes
          FROM postings WHERE customer_id IS NOT NULL GROUP BY customer_id)
  LEFT JOIN (SELECT customer_id, max(ordered_at) AS r, count(*) AS f FROM orders
              WHERE cancelled_event IS NULL GROUP BY customer_id)
       USING (customer_id)
  LEFT JOIN (SELECT customer_id, count(*) AS unconverted_orders FROM orders
              WHERE cancelled_event IS NULL
                AND event IN (SELECT event FROM postings WHERE way = 'unconverted')
              GROUP BY customer_id)
       USING (customer_id)`;

const SCORES = `
SELECT customer_id, r, f, m,
       ntile(5) OVER (ORDER BY r, customer_id) AS rs,
       ntile(5) OVER (ORDER BY f, customer_id) AS fs,
       ntile(5) OVER (ORDER BY m, customer_id) AS ms,
       ntile(3) OVER (ORDER BY m DESC, customer_id) AS t
  FROM (${CUSTOMERS}) WHERE f > 0`;

/** Every customer with a valid order: customer_id, r, f, m, the three scores, segment, tier. */
export const RFM = `
SELECT customer_id, r, f, m, rs, fs, ms,
       CASE WHEN rs <= 2 AND fs <= 2 THEN 'Hibernating'
            WHEN rs <= 2 AND fs <= 4 THEN 'At Risk'
            WHEN rs <= 2 THEN 'Can''t Lose'
            WHEN rs = 3 AND fs <= 2 THEN 'About To Sleep'
            WHEN rs = 3 AND fs = 3 THEN 'Need Attention'
            WHEN rs = 3 THEN 'Loyal'
            WHEN rs = 4 AND fs = 1 THEN 'Promising'
            WHEN rs = 4 AND fs <= 3 THEN 'Potential Loyalist'
            WHEN rs = 4 THEN 'Loyal'
            WHEN fs = 1 THEN 'New'
            WHEN fs <= 3 THEN 'Potential Loyalist'
            ELSE 'Champions' END AS segment,
       CASE t WHEN 1 THEN 'VIP' WHEN 2 THEN 'GOLD' ELSE 'SILVER' END AS tier
  FROM (${SCORES})`;

/** name of a segment or tier, customers, monetary */
export const RFM_SUMMARY = `
SELECT segment, count(*), sum(m) FROM (${RFM}) GROUP BY segment
 UNION ALL
SELECT tier, count(*), sum(m) FROM (${RFM}) GROUP BY tier`;
