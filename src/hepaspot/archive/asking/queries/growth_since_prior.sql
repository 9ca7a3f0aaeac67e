-- Spots that are larger than in the exam before, the largest growth first
SELECT
    exam,
    focus,
    foci.date,
    exams.prior,
    prior_size_mm AS before_mm,
    size_mm AS now_mm,
    round(size_mm - prior_size_mm, 1) AS growth_mm,
    foci.ducts
FROM foci JOIN exams USING (exam)
WHERE change = 'larger'
ORDER BY growth_mm DESC NULLS LAST, exam, focus
