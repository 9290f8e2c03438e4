#pragma once

#include "engine/definition.hpp"
#include "http/exchange.hpp"

// What administrators do to performances and classes. The kind is that of the path: a class is not
// found below `/v1/performances`.

namespace cavea::http {

void create_offering(Exchange& exchange, engine::OfferingKind kind);
void change_offering(Exchange& exchange, engine::OfferingKind kind);
void delete_offering(Exchange& exchange, engine::OfferingKind kind);
void cancel_offering(Exchange& exchange, engine::OfferingKind kind);

/// How far what was done to everybody who has places is.
void show_progress(Exchange& exchange, engine::OfferingKind kind);
void block_places(Exchange& exchange, engine::OfferingKind kind);
void unblock_places(Exchange& exchange, engine::OfferingKind kind);

}  // namespace cavea::http
