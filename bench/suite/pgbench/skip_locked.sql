\set person random(1, 1000000000)
\set start random(1, :seats * 9 / 10)
with free as (
  select id from seat
  where event = 1 and is_free and id >= :start
  order by id limit 1 for update skip locked),
taken as (update seat set is_free = false from free where seat.id = free.id returning seat.id)
insert into reservation (seat, person) select id, :person from taken;
