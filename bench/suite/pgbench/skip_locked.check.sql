select (select count(*) from reservation), (select count(distinct seat) from reservation);
