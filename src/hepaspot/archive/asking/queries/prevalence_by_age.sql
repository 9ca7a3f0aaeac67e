-- Exams with a bright spot, by decade of age
SELECT
    10 * (age_years // 10)::INTEGER AS from_age,
    count(*) AS exams,
    count(*) FILTER (foci > 0) AS with_spots,
    round(100 * with_spots / count(*), 2) AS percent,
    count(*) FILTER (named_stone) AS named_stone,
    count(*) FILTER (named_calcification) AS named_calcification
FROM exams
WHERE of_liver
GROUP BY from_age
ORDER BY from_age NULLS LAST
