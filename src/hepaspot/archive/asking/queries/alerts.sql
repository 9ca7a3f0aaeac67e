-- How many alerts of each kind, the gravest first, and per 1,000 exams
SELECT
    any_value(rank) AS rank,
    alert,
    count(*) AS alerts,
    count(DISTINCT exam) AS in_exams,
    round(1000 * count(DISTINCT exam) / (SELECT count(*) FROM exams WHERE of_liver), 2) AS per_1000_exams
FROM alerts
GROUP BY alert
ORDER BY rank, alerts DESC, alert
