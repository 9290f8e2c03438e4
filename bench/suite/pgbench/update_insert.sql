\set person random(1, 1000000000)
begin;
update offering set taken = taken + 1 where id = 1 and taken < capacity;
insert into reservation (offering, person) values (1, :person);
commit;
