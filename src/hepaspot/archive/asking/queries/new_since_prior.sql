-- Spots that the exam before did not tell of
SELECT exam, focus, foci.date, exams.prior, size_mm, foci.ducts, stated
FROM foci JOIN exams USING (exam)
WHERE change = 'new'
ORDER BY foci.date DESC NULLS LAST, exam, focus
