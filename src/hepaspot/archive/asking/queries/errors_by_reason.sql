-- Why documents could not be read, the commonest reason first
SELECT kind, reason, count(*) AS documents, min(origin) AS for_example
FROM errors
GROUP BY kind, reason
ORDER BY documents DESC, kind, reason
