#include "outbound/transfer_loop.hpp"

#include "engine/assert.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cavea::outbound {

namespace {

/// Events of one wait: more stay with the kernel for the next.
constexpr int events_per_wait = 256;

/// A wait never lasts longer, so that a clock that jumps cannot stop the loop for good.
constexpr std::chrono::milliseconds wait_max{10'000};

/// libcurl wants to be initialised before any thread uses it.
void initialise_libcurl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) throw std::runtime_error("libcurl could not be initialised");
}

}  // namespace

TransferLoop::TransferLoop(User& user, std::string thread_name, unsigned connections_max)
    : user_(user), thread_name_(std::move(thread_name)) {
  initialise_libcurl();
  multi_ = curl_multi_init();
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (multi_ == nullptr || epoll_ < 0 || wake_ < 0) {
    drop_all();
    throw std::runtime_error("no descriptors are left for outbound connections");
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);

  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &TransferLoop::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &TransferLoop::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(connections_max));
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(connections_max));
}

TransferLoop::~TransferLoop() {
  stop();
  drop_all();
}

void TransferLoop::drop_all() {
  for (CURL* transfer : running_) curl_multi_remove_handle(multi_, transfer);
  running_.clear();
  if (multi_ != nullptr) curl_multi_cleanup(std::exchange(multi_, nullptr));
  if (epoll_ >= 0) ::close(std::exchange(epoll_, -1));
  if (wake_ >= 0) ::close(std::exchange(wake_, -1));
}

void TransferLoop::start() {
  CAVEA_ASSERT(!thread_.joinable());
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), thread_name_.substr(0, 15).c_str());
}

void TransferLoop::wake() noexcept {
  if (is_woken_.exchange(true)) return;
  const std::uint64_t one = 1;
  // It fails only when the counter is full, and then the loop wakes anyway.
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

void TransferLoop::stop() {
  if (!thread_.joinable()) return;
  is_stopping_.store(true);
  wake();
  thread_.join();
  for (CURL* transfer : running_) {
    // Else it waits for a name server that does not answer.
    curl_easy_setopt(transfer, CURLOPT_QUICK_EXIT, 1L);
    curl_multi_remove_handle(multi_, transfer);
  }
  running_.clear();
}

void TransferLoop::add(CURL* transfer, Guard* guard) {
  running_.push_back(transfer);
  if (guard != nullptr) {
    guard->loop_ = this;
    curl_easy_setopt(transfer, CURLOPT_OPENSOCKETFUNCTION, &TransferLoop::on_guarded_open);
    curl_easy_setopt(transfer, CURLOPT_OPENSOCKETDATA, guard);
  } else {
    curl_easy_setopt(transfer, CURLOPT_OPENSOCKETFUNCTION, &TransferLoop::on_open);
    curl_easy_setopt(transfer, CURLOPT_OPENSOCKETDATA, this);
  }
  curl_easy_setopt(transfer, CURLOPT_CLOSESOCKETFUNCTION, &TransferLoop::on_close);
  curl_easy_setopt(transfer, CURLOPT_CLOSESOCKETDATA, this);
  curl_multi_add_handle(multi_, transfer);
}

// ---- The thread ---------------------------------------------------------------------------------

void TransferLoop::run() {
  while (!is_stopping_.load(std::memory_order_relaxed)) {
    const auto now = Clock::now();
    const auto next_turn = user_.on_turn(now);
    drive_due_timer(now);
    // What ended has made room for what waits: that comes before any waiting.
    if (take_results(now)) continue;
    wait(std::min(next_turn, timer_));
    take_results(Clock::now());
  }
}

void TransferLoop::drive_due_timer(Clock::time_point now) {
  if (timer_ > now) return;
  timer_ = Clock::time_point::max();
  int still_running = 0;
  curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &still_running);
}

bool TransferLoop::take_results(Clock::time_point now) {
  bool has_any = false;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* transfer = message->easy_handle;
    const CURLcode result = message->data.result;
    curl_multi_remove_handle(multi_, transfer);
    const auto found = std::find(running_.begin(), running_.end(), transfer);
    CAVEA_ASSERT(found != running_.end());
    *found = running_.back();
    running_.pop_back();
    has_any = true;
    user_.on_done(transfer, result, now);
  }
  return has_any;
}

void TransferLoop::wait(Clock::time_point until) {
  const auto now = Clock::now();
  const auto time = std::clamp<Clock::duration>(until - now, Clock::duration::zero(), wait_max);
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  std::array<epoll_event, events_per_wait> events{};
  const int count = ::epoll_wait(epoll_, events.data(), events_per_wait, static_cast<int>(ms));
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wake_) {
      std::uint64_t ignored = 0;
      [[maybe_unused]] const auto bytes = ::read(wake_, &ignored, sizeof ignored);
      is_woken_.store(false);
      continue;
    }
    on_event(event.data.fd, event.events);
  }
}

void TransferLoop::on_event(curl_socket_t socket, std::uint32_t events) {
  if (!watch_of(socket).is_wanted) {
    // A connection that rests was closed by the other side: libcurl finds that out when it wants to
    // use it, and we need not hear of it until then.
    unwatch(socket);
    return;
  }
  int what = 0;
  if ((events & (EPOLLIN | EPOLLHUP)) != 0) what |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
  if ((events & EPOLLERR) != 0) what |= CURL_CSELECT_ERR;
  int still_running = 0;
  curl_multi_socket_action(multi_, socket, what, &still_running);
}

// ---- What libcurl calls -------------------------------------------------------------------------

int TransferLoop::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept {
  auto& loop = *static_cast<TransferLoop*>(self);
  auto& known = loop.watch_of(socket);
  known.is_wanted = what != CURL_POLL_REMOVE;
  if (!known.is_wanted) {
    if (!known.is_connection) loop.unwatch(socket);
    return 0;
  }
  std::uint32_t events = 0;
  if ((what & CURL_POLL_IN) != 0) events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) events |= EPOLLOUT;
  loop.watch(socket, events);
  return 0;
}

TransferLoop::Watch& TransferLoop::watch_of(curl_socket_t socket) {
  const auto index = static_cast<std::size_t>(socket);
  if (index >= watches_.size()) watches_.resize(index + 1);
  return watches_[index];
}

void TransferLoop::watch(curl_socket_t socket, std::uint32_t events) {
  auto& known = watch_of(socket);
  if (known.events == events) return;
  epoll_event event{};
  event.events = events;
  event.data.fd = socket;
  ::epoll_ctl(epoll_, known.events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
  known.events = events;
}

void TransferLoop::unwatch(curl_socket_t socket) {
  auto& known = watch_of(socket);
  if (known.events == 0) return;
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr);
  known.events = 0;
}

curl_socket_t TransferLoop::on_open(void* self, curlsocktype, curl_sockaddr* address) noexcept {
  const auto socket =
      ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  static_cast<TransferLoop*>(self)->watch_of(socket) = Watch{.is_connection = true};
  return socket;
}

curl_socket_t TransferLoop::on_guarded_open(
    void* guard, curlsocktype type, curl_sockaddr* address) noexcept {
  auto& asked = *static_cast<Guard*>(guard);
  if (!asked.may_connect(address->addr)) return CURL_SOCKET_BAD;
  return on_open(asked.loop_, type, address);
}

int TransferLoop::on_close(void* self, curl_socket_t socket) noexcept {
  // The kernel takes a closed socket out of the epoll.
  static_cast<TransferLoop*>(self)->watch_of(socket) = Watch{};
  return ::close(socket);
}

int TransferLoop::on_timer(CURLM*, long timeout_ms, void* self) noexcept {
  auto& loop = *static_cast<TransferLoop*>(self);
  loop.timer_ = timeout_ms < 0 ? Clock::time_point::max()
                               : Clock::now() + std::chrono::milliseconds(timeout_ms);
  return 0;
}

}  // namespace cavea::outbound
