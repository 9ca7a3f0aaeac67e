-- Spots called a duct stone although the ducts are told to be not dilated
SELECT exam, focus, foci.date, size_mm, certainty, exams.site, origin
FROM foci JOIN exams USING (exam)
WHERE stated = 'duct_stone' AND foci.ducts = 'not_dilated'
ORDER BY foci.date DESC NULLS LAST, exam, focus
