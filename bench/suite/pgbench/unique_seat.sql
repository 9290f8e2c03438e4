\set person random(1, 1000000000)
\set seat random(1, :seats)
insert into reservation (event, seat, person, held_until)
values (1, :seat, :person, now() + interval '10 minutes')
on conflict (event, seat) do update
set person = excluded.person, held_until = excluded.held_until
where reservation.held_until < now();
