-- A row per claimed seat with a unique key (event, seat); a claim inserts it, or takes it over when
-- the hold on it has expired. Buyers pick seats at random out of so many
-- that they hardly ever meet. There is no hot row here.
drop table if exists reservation;
create table reservation (
  event int not null,
  seat int not null,
  person int not null,
  held_until timestamptz not null,
  primary key (event, seat));
