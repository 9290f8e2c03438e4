#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cavea::test {

/// A request that came in.
struct ReceivedRequest {
  std::string method;
  std::string target;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;

  /// The value of a header, whatever its case; empty when it is missing.
  [[nodiscard]] std::string header(const std::string& name) const;
};

struct ScriptedReply {
  int status = 200;
  std::string body{};
  std::vector<std::string> headers{};  ///< "Name: value".
  bool is_silent = false;              ///< Never answers; the connection stays open.
  bool is_cut = false;                 ///< Closes the connection instead.
};

/// An HTTP/1.1 server on a free port of the loopback interface that answers as a test wants, keeps
/// what came, and takes any number of connections. All requests are handled by one thread.
class ScriptedServer {
 public:
  /// Called on the server's thread with the number of the request, from 0.
  using Script = std::function<ScriptedReply(const ReceivedRequest&, std::size_t number)>;

  /// Without a script everything is answered 200.
  explicit ScriptedServer(Script script = {});
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  /// "http://127.0.0.1:41234".
  [[nodiscard]] const std::string& url() const noexcept { return url_; }

  /// What came first, once so much has come; throws when it does not within 20 s.
  [[nodiscard]] std::vector<ReceivedRequest> wait_for(std::size_t count);

  [[nodiscard]] std::size_t count() const;

 private:
  struct Inside;

  std::unique_ptr<Inside> inside_;
  std::string url_;
};

}  // namespace cavea::test
