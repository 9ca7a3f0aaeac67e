-- Spots called a calcification although the ducts are told to be dilated
SELECT exam, focus, foci.date, size_mm, certainty, exams.site, origin
FROM foci JOIN exams USING (exam)
WHERE stated = 'calcification' AND foci.ducts = 'dilated'
ORDER BY foci.date DESC NULLS LAST, exam, focus
