-- How many exams have each screening category, and how many none for want of a statement
SELECT
    category,
    judgement,
    count(*) AS exams,
    count(*) FILTER (duct_statement_missing) AS duct_statement_missing,
    round(100 * count(*) / sum(count(*)) OVER (), 2) AS percent
FROM exams
WHERE foci > 0
GROUP BY category, judgement
ORDER BY category NULLS LAST, judgement
