-- The same as one statement: the insert happens when the update found room. One round trip, and
-- the row is locked for the shortest time that SQL allows.
drop table if exists reservation, offering;
create table offering (id int primary key, capacity int not null, taken int not null);
create table reservation (
  id bigint generated always as identity primary key,
  offering int not null,
  person int not null,
  created timestamptz not null default now());
insert into offering values (1, 2000000000, 0);
