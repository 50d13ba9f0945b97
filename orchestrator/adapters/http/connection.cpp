// Files are sent in pieces of this size.
#define BOOST_BEAST_FILE_BUFFER_SIZE 65536

#include "orchestrator/adapters/http/connection.h"

#include <boost/asio/strand.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include "orchestrator/adapters/http/reply.h"

namespace delta::http {

namespace {

namespace proto = beast::http;

/// How long a client may take to notice the end of its connection.
constexpr Duration kLinger = 1s;
/// An idle connection holds no more than this for the next request's first bytes.
constexpr std::size_t kFirstBytes = 512;

std::string text(boost::string_view from) { return {from.data(), from.size()}; }

template <class Body>
struct Outgoing {
  explicit Outgoing(proto::response<Body> whole) : message(std::move(whole)) {}

  proto::response<Body> message;
  proto::response_serializer<Body> serializer{message};
};

template <class Stream>
class Connection final : public Closable, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  template <class... Arguments>
  explicit Connection(SharedContext context, Arguments&&... arguments)
      : context_(std::move(context)), stream_(std::forward<Arguments>(arguments)...) {
    ++context_->open;
  }

  ~Connection() override {
    const std::lock_guard lock(context_->mutex);
    context_->all.erase(place_);
    --context_->open;
    context_->closed.notify_all();
  }

  void start() {
    {
      const std::lock_guard lock(context_->mutex);
      place_ = context_->all.insert(context_->all.end(), this->weak_from_this());
    }
    asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] {
      if constexpr (kTls) {
        self->shake_hands();
      } else {
        self->next_request();
      }
    });
  }

  void close_if_idle() override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      if (self->idle_) self->lowest().cancel();
    });
  }

  void abandon() override { kept_.reset(); }

 private:
  static constexpr bool kTls = !std::is_same_v<Stream, beast::tcp_stream>;
  using Parser = proto::request_parser<proto::string_body>;

  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }
  const ServerOptions& options() const { return context_->options; }

  void shake_hands() {
    idle_ = true;
    lowest().expires_after(options().read_timeout);
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = this->shared_from_this()](beast::error_code error) {
                              if (!error) return self->next_request();
                              self->count_unless_aborted(error);
                              self->finish();
                            });
  }

  void next_request() {
    if (buffer_.size() > 0) return read_head();  // it has come with the last one
    if (context_->draining) return close();
    rest();
  }

  /// A connection may rest between requests, but not within one: the first bytes begin the clock.
  void rest() {
    idle_ = true;
    buffer_.shrink_to_fit();
    lowest().expires_after(options().idle_timeout);
    stream_.async_read_some(
        buffer_.prepare(kFirstBytes),
        [self = this->shared_from_this()](beast::error_code error, std::size_t bytes) {
          if (error == asio::error::operation_aborted) return self->close();
          if (error) return self->end_rest(error);
          self->buffer_.commit(bytes);
          self->read_head();
        });
  }

  /// The client has closed, or the time is over: then the stream has closed the socket.
  void end_rest(beast::error_code error) {
    if (kTls && error == asio::error::eof) return close();
    finish();
  }

  void read_head() {
    idle_ = false;
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(options().most_header_bytes);
    parser_->body_limit(options().most_body_bytes);
    lowest().expires_after(options().read_timeout);
    proto::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](beast::error_code error, std::size_t) {
          if (error) return self->fail(error);
          self->judge_head();
        });
  }

  void judge_head() {
    const auto& message = parser_->get();
    head_ = {.method = text(message.method_string()),
             .target = text(message.target()),
             .authorization = text(message[proto::field::authorization]),
             .idempotency_key = text(message["Idempotency-Key"]),
             .accept = text(message[proto::field::accept])};
    is_head_ = message.method() == proto::verb::head;
    keep_alive_ = message.keep_alive();
    if (auto refusal = context_->handler.refuse(head_)) {
      // The body is not read, so that nobody knows where the next request begins.
      keep_alive_ = keep_alive_ && parser_->is_done();
      return write(std::move(*refusal));
    }
    if (parser_->is_done()) return handle();
    if (beast::iequals(message[proto::field::expect], "100-continue")) return invite_body();
    read_body();
  }

  void invite_body() {
    using Empty = proto::response<proto::empty_body>;
    auto go_on = std::make_shared<Empty>(proto::status::continue_, 11);
    proto::async_write(
        stream_, *go_on,
        [self = this->shared_from_this(), go_on](beast::error_code error, std::size_t) {
          if (error) return self->fail(error);
          self->read_body();
        });
  }

  void read_body() {
    proto::async_read(stream_, buffer_, *parser_,
                      [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                        if (error) return self->fail(error);
                        self->handle();
                      });
  }

  void handle() {
    std::string body = std::move(parser_->get().body());
    parser_.reset();
    if (buffer_.size() == 0) buffer_.shrink_to_fit();
    // How long an answer takes is the handler's business: a long poll may take a minute.
    lowest().expires_never();
    kept_ = this->shared_from_this();
    context_->handler.handle(std::move(head_), std::move(body),
                             [context = context_, waiting = this->weak_from_this()](Reply reply) {
                               const std::lock_guard lock(context->mutex);
                               if (context->gone) return;
                               if (auto self = waiting.lock())
                                 self->take(std::move(self), std::move(reply));
                             });
  }

  void take(std::shared_ptr<Connection> self, Reply reply) {
    const auto executor = stream_.get_executor();
    asio::post(executor, [self = std::move(self), reply = std::move(reply)]() mutable {
      self->kept_.reset();
      self->write(std::move(reply));
    });
  }

  void count_unless_aborted(beast::error_code error) {
    if (error != asio::error::operation_aborted) ++context_->bad_requests;
  }

  void fail(beast::error_code error) {
    keep_alive_ = false;
    const bool is_http = error.category() == make_error_code(proto::error::bad_method).category();
    const bool has_left =
        error == proto::error::end_of_stream || error == proto::error::partial_message;
    if (error == beast::error::timeout || (is_http && !has_left)) ++context_->bad_requests;
    if (!is_http || has_left) return finish();
    if (error == proto::error::body_limit) {
      return write(failure(
          413, "the body is larger than " + std::to_string(options().most_body_bytes) + " bytes"));
    }
    if (error == proto::error::header_limit) {
      return write(failure(431, "the header is larger than " +
                                    std::to_string(options().most_header_bytes) + " bytes"));
    }
    write(failure(400, "this is not HTTP/1.1"));
  }

  void write(Reply reply) {
    if (is_head_) return write_head_only(reply);
    if (!reply.file.empty()) return write_file(reply);
    proto::response<proto::string_body> message;
    message.body() = std::move(reply.body);
    fill(message, reply);
    message.prepare_payload();
    send(std::move(message));
  }

  /// As the same answer to another method would begin.
  void write_head_only(const Reply& reply) {
    proto::response<proto::empty_body> message;
    fill(message, reply);
    message.content_length(reply.body.size());
    send(std::move(message));
  }

  void write_file(const Reply& reply) {
    proto::response<proto::file_body> message;
    beast::error_code error;
    message.body().open(reply.file.c_str(), beast::file_mode::scan, error);
    if (error) return write(failure(500, "the file cannot be read"));
    fill(message, reply);
    message.prepare_payload();
    send(std::move(message));
  }

  template <class Message>
  void fill(Message& message, const Reply& reply) {
    message.version(11);
    message.result(static_cast<unsigned>(reply.status));
    message.set(proto::field::content_type, reply.content_type);
    for (const auto& [name, value] : reply.headers) message.set(name, value);
    keep_alive_ = keep_alive_ && !context_->draining;
    message.keep_alive(keep_alive_);
  }

  template <class Body>
  void send(proto::response<Body> message) {
    write_on(std::make_shared<Outgoing<Body>>(std::move(message)));
  }

  /// A piece at a time, each with the whole timeout: a large file takes long on a slow line.
  template <class Body>
  void write_on(std::shared_ptr<Outgoing<Body>> outgoing) {
    lowest().expires_after(options().write_timeout);
    auto& serializer = outgoing->serializer;
    proto::async_write_some(stream_, serializer,
                            [self = this->shared_from_this(), outgoing = std::move(outgoing)](
                                beast::error_code error, std::size_t) mutable {
                              if (error) return self->finish();
                              if (!outgoing->serializer.is_done())
                                return self->write_on(std::move(outgoing));
                              outgoing.reset();
                              if (!self->keep_alive_) return self->close();
                              self->next_request();
                            });
  }

  /// Says that there is nothing more to come, and lets the client close first: it may be sending
  /// still, and a socket that is closed with unread bytes resets the connection, which can cost
  /// the client an answer that it has not read yet.
  void close() {
    idle_ = false;
    parser_.reset();
    lowest().expires_after(kLinger);
    if constexpr (kTls) {
      stream_.async_shutdown(
          [self = this->shared_from_this()](beast::error_code) { self->end_sending(); });
    } else {
      end_sending();
    }
  }

  void end_sending() {
    beast::error_code ignored;
    lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
    discard();
  }

  void discard() {
    buffer_.clear();
    lowest().async_read_some(
        buffer_.prepare(kFirstBytes * 8),
        [self = this->shared_from_this()](beast::error_code error, std::size_t) {
          if (error) return self->finish();
          self->discard();
        });
  }

  void finish() { lowest().close(); }

  const SharedContext context_;
  Stream stream_;
  beast::flat_buffer buffer_;
  std::unique_ptr<Parser> parser_;    ///< of the request that is being read
  std::shared_ptr<Connection> kept_;  ///< itself, while the handler has the request
  Head head_;
  bool is_head_ = false;
  bool keep_alive_ = false;
  bool idle_ = false;
  std::list<std::weak_ptr<Closable>>::iterator place_;
};

}  // namespace

std::list<std::weak_ptr<Closable>> ConnectionContext::present() {
  const std::lock_guard lock(mutex);
  return all;
}

void start_connection(const SharedContext& context, tcp::socket socket) {
  std::make_shared<Connection<beast::tcp_stream>>(context, std::move(socket))->start();
}

void start_tls_connection(const SharedContext& context, tcp::socket socket,
                          asio::ssl::context& tls) {
  using Stream = beast::ssl_stream<beast::tcp_stream>;
  std::make_shared<Connection<Stream>>(context, std::move(socket), tls)->start();
}

}  // namespace delta::http
