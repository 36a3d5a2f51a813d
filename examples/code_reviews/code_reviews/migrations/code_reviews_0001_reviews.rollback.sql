DROP TABLE code_reviews.reviews;

DROP SCHEMA code_reviews;
