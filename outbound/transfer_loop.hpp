#pragma once

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace cavea::outbound {

/// One thread that carries any number of libcurl's transfers at once, over connections that are
/// kept and used again. It waits for all of them in one epoll, so a transfer that waits costs
/// nothing. It knows nothing of what is carried: that is its user's.
class TransferLoop {
 public:
  using Clock = std::chrono::steady_clock;

  /// Whom the loop works for; called on the loop's thread only.
  class User {
   public:
    virtual ~User() = default;

    /// Comes after every wake-up, whatever its reason: here work is taken and transfers are begun.
    /// Returns when it wants the next turn at the latest.
    virtual Clock::time_point on_turn(Clock::time_point now) = 0;

    /// A transfer ended; the handle is the user's again.
    virtual void on_done(CURL* transfer, CURLcode result, Clock::time_point now) = 0;
  };

  /// Asked before a connection of one transfer is opened.
  class Guard {
   public:
    virtual ~Guard() = default;

    /// On the loop's thread; the address is what a name led to, just now.
    virtual bool may_connect(const sockaddr& address) noexcept = 0;

   private:
    friend class TransferLoop;

    TransferLoop* loop_ = nullptr;
  };

  /// `connections_max`: connections to one host; transfers beyond wait for one. `user` must outlive
  /// the loop. Throws std::runtime_error when the system has no descriptors left.
  TransferLoop(User& user, std::string thread_name, unsigned connections_max);
  ~TransferLoop();
  TransferLoop(const TransferLoop&) = delete;
  TransferLoop& operator=(const TransferLoop&) = delete;

  void start();

  /// Sees to it that a turn comes soon. From any thread.
  void wake() noexcept;

  /// Ends the thread and returns when it ended. Transfers that run are dropped: the user has their
  /// handles, and no `on_done` comes for them.
  void stop();

  /// Begins a transfer. On the loop's thread only; the handle is the loop's until `on_done`, and so
  /// long `guard`, which may be null, must live.
  void add(CURL* transfer, Guard* guard = nullptr);

 private:
  /// A socket as epoll knows it. One of a connection that rests stays as it is: most are used again
  /// at once, and to leave and enter an epoll takes longer than to send a request.
  struct Watch {
    std::uint32_t events = 0;    ///< 0: epoll does not have it.
    bool is_connection = false;  ///< We opened it and will be told when it is closed.
    bool is_wanted = false;      ///< libcurl wants to hear of it.
  };

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept;
  static int on_timer(CURLM*, long timeout_ms, void* self) noexcept;
  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address) noexcept;
  static curl_socket_t on_guarded_open(
      void* guard, curlsocktype type, curl_sockaddr* address) noexcept;
  static int on_close(void* self, curl_socket_t socket) noexcept;

  void run();
  [[nodiscard]] Watch& watch_of(curl_socket_t socket);
  void watch(curl_socket_t socket, std::uint32_t events);
  void unwatch(curl_socket_t socket);
  void on_event(curl_socket_t socket, std::uint32_t events);
  void drive_due_timer(Clock::time_point now);
  bool take_results(Clock::time_point now);
  void wait(Clock::time_point until);
  void drop_all();

  User& user_;
  std::string thread_name_;
  CURLM* multi_ = nullptr;
  int epoll_ = -1;
  int wake_ = -1;
  std::atomic<bool> is_woken_{false};
  std::atomic<bool> is_stopping_{false};
  Clock::time_point timer_ = Clock::time_point::max();  ///< When libcurl wants to be called.
  std::vector<Watch> watches_;                          ///< By socket.
  std::vector<CURL*> running_;
  std::thread thread_;
};

}  // namespace cavea::outbound
