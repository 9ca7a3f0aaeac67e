-- How many exams of the liver have each screening category, and how many have none
SELECT
    category,
    judgement,
    category IS NOT NULL OR foci > 0 AS with_spot_or_category,
    count(*) AS exams,
    count(*) FILTER (duct_statement_missing AND foci > 0 AND reports > 0) AS duct_statement_missing,
    round(100 * count(*) / sum(count(*)) OVER (), 2) AS percent
FROM exams
WHERE of_liver
GROUP BY ALL
ORDER BY category NULLS LAST, judgement, with_spot_or_category DESC
