select (select count(*) from reservation), (select taken from offering where id = 1);
