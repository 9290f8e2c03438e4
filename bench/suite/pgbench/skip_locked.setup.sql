-- A row per seat of one event; a buyer takes any free seat that nobody else is about to take: FOR
-- UPDATE SKIP LOCKED, as alf.io picks its tickets. Each looks from a seat at random, so that they do
-- not crowd at the same end (four times as fast as from the first one). There is no hot row here.
drop table if exists reservation, seat;
create table seat (id int primary key, event int not null, is_free boolean not null);
create table reservation (
  id bigint generated always as identity primary key,
  seat int not null,
  person int not null,
  created timestamptz not null default now());
insert into seat select n, 1, true from generate_series(1, :seats) n;
create index seat_free on seat (event, id) where is_free;
vacuum analyze seat;
