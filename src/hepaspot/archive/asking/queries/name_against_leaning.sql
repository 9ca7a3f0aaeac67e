-- What spots are called, beside what their signs lean to
SELECT
    coalesce(stated, 'not named') AS stated,
    coalesce(leaning, 'no leaning') AS leaning,
    count(*) AS spots,
    count(*) FILTER (leaning_share >= 0.75) AS leaning_surely,
    round(avg(leaning_share), 2) AS mean_share
FROM foci
GROUP BY ALL
ORDER BY spots DESC, stated, leaning
