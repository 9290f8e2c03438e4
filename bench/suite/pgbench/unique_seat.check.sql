select (select count(*) from reservation),
       (select count(*) from (select distinct event, seat from reservation) claimed);
