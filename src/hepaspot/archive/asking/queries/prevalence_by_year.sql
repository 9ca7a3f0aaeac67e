-- Exams with a bright spot, by year
SELECT
    year(date) AS year,
    count(*) AS exams,
    count(*) FILTER (foci > 0) AS with_spots,
    round(100 * with_spots / count(*), 2) AS percent,
    count(*) FILTER (named_stone) AS named_stone,
    count(*) FILTER (named_calcification) AS named_calcification
FROM exams
WHERE of_liver
GROUP BY year
ORDER BY year NULLS LAST
