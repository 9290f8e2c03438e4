\set person random(1, 1000000000)
with room as (update offering set taken = taken + 1 where id = 1 and taken < capacity returning id)
insert into reservation (offering, person) select id, :person from room;
