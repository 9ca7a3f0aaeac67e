-- Exams whose findings have dilated ducts that the impression does not take up
SELECT exam, alerts.date, site, age_years, exams.category, origin
FROM alerts JOIN exams USING (exam)
WHERE alert = 'dilatation_not_concluded'
ORDER BY alerts.date DESC NULLS LAST, exam
