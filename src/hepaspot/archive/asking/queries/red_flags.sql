-- How many exams raise each red flag, and what their spots are called
SELECT
    flag,
    count(*) AS exams,
    count(*) FILTER (named_stone) AS named_stone,
    count(*) FILTER (named_calcification) AS named_calcification,
    count(*) FILTER (len(alerts) > 0) AS with_an_alert
FROM (SELECT unnest(red_flags) AS flag, * FROM exams)
GROUP BY flag
ORDER BY exams DESC, flag
