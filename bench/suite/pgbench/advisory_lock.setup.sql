-- An advisory lock per event, then count and insert: how pretix guards its quotas. What is taken
-- is kept as a counter here, where pretix counts rows, which is slower.
drop table if exists reservation, offering;
create table offering (id int primary key, capacity int not null, taken int not null);
create table reservation (
  id bigint generated always as identity primary key,
  offering int not null,
  person int not null,
  created timestamptz not null default now());
insert into offering values (1, 2000000000, 0);
