-- How often a word on the ducts is missing where one is due, by site
SELECT
    site,
    count(*) AS exams_with_spots,
    count(*) FILTER (duct_statement_missing) AS missing,
    round(100 * missing / exams_with_spots, 1) AS percent
FROM exams
WHERE foci > 0
GROUP BY site
ORDER BY percent DESC, exams_with_spots DESC, site NULLS LAST
