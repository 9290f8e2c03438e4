-- Conditional update of one counter row, then an insert, in one transaction: how a quota or a
-- ticket type with a capacity is claimed by systems without locks of their own.
drop table if exists reservation, offering;
create table offering (id int primary key, capacity int not null, taken int not null);
create table reservation (
  id bigint generated always as identity primary key,
  offering int not null,
  person int not null,
  created timestamptz not null default now());
insert into offering values (1, 2000000000, 0);
