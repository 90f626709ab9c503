#include "http/curl_client.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <mutex>
#include <new>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/ascii.hpp"
#include "http/curl_failure.hpp"
#include "http/response_reader.hpp"
#include "http/url.hpp"

namespace iothub {

namespace {

using std::chrono::milliseconds;

constexpr int kLongestWait = 60'000;  // milliseconds; libcurl's own timers end a wait earlier
constexpr std::string_view kTokenSigns = "!#$%&'*+-.^_`|~";

struct CloseMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct CloseEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

// libcurl's global state lives as long as the process: freeing it is safe only when no thread uses OpenSSL.
bool curl_is_ready() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  return result == CURLE_OK;
}

void append(HeaderList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) {
    throw std::bad_alloc();
  }
  static_cast<void>(list.release());  // its nodes are those of `longer`
  list.reset(longer);
}

HeaderList to_list(const HttpHeaders& headers) {
  HeaderList list;
  for (const auto& [name, value] : headers) {
    std::string line = name;
    line += value.empty() ? ";" : ": ";  // "name:" would remove a header
    append(list, line += value);
  }
  return list;
}

// What libcurl adds by itself is set here, so that it can be replaced by the request's own.
HttpHeaders headers_to_send(const HttpRequest& request, const HttpOptions& options) {
  HttpHeaders headers = request.headers;
  headers.try_emplace("user-agent", options.user_agent);
  headers.try_emplace("accept", "*/*");
  headers.try_emplace("accept-encoding", "gzip");
  return headers;
}

// Sets options and remembers whether one was refused: the ones for TLS must not be missing.
class Setup {
 public:
  explicit Setup(CURL* easy) : easy_(easy) {}

  template <typename Value>
  void set(CURLoption option, Value value) {
    const CURLcode result = (curl_easy_setopt)(easy_, option, value);
    result_ = result_ == CURLE_OK ? result : result_;
  }
  [[nodiscard]] CURLcode result() const { return result_; }

 private:
  CURL* easy_;
  CURLcode result_ = CURLE_OK;
};

extern "C" {

// Nothing may be thrown through libcurl; being out of memory ends the program.
std::size_t on_head_line(char* data, std::size_t size, std::size_t count, void* reader) noexcept {
  return static_cast<ResponseReader*>(reader)->read_head_line({data, size * count}) ? size * count : 0;
}

// A server must be named in its certificate as a subject alternative name (RFC 9110, 4.3.4); libcurl would
// still take the common name of a certificate that has none.
int on_certificate(int is_good, X509_STORE_CTX* chain) noexcept {
  const bool is_server = X509_STORE_CTX_get_error_depth(chain) == 0;
  const X509* certificate = X509_STORE_CTX_get_current_cert(chain);
  if (is_good == 1 && is_server && X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) < 0) {
    X509_STORE_CTX_set_error(chain, X509_V_ERR_HOSTNAME_MISMATCH);
    return 0;
  }
  return is_good;
}

CURLcode on_tls_context(CURL* /*easy*/, void* context, void* /*unused*/) noexcept {
  SSL_CTX_set_verify(static_cast<SSL_CTX*>(context), SSL_VERIFY_PEER, &on_certificate);
  return CURLE_OK;
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* reader) noexcept {
  return static_cast<ResponseReader*>(reader)->read_body({data, size * count}) ? size * count : 0;
}
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || kTokenSigns.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c < 0 || c >= ' ' || c == '\t') && c != '\x7f'; });
}

// The URL of a request that may be sent.
Result<Url> checked(const HttpRequest& request) {
  auto url = parse_url(request.url);
  if (!url) {
    return url;
  }
  const bool may_be_plain = is_loopback(url->host) || (request.is_local_service && is_link_local(url->host));
  if (url->scheme == "http" && !may_be_plain) {
    return fail(ErrorKind::bad_config, url->origin() + ": not asked, plain http is for loopback hosts only");
  }
  if (!is_token(request.method)) {
    return fail(ErrorKind::bad_config, url->origin() + ": not asked, the method is not an HTTP method");
  }
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) {
      return fail(ErrorKind::bad_config, url->origin() + ": not asked, the name of a header is not valid");
    }
    if (!is_field_value(value)) {
      return fail(ErrorKind::bad_config, url->origin() + ": not asked, the value of " + name +
                                             " has a line break or control character");
    }
  }
  return url;
}

std::string full_url(const Url& url) {
  return url.origin() + url.path + (url.query.empty() ? "" : "?" + url.query);
}

// How long the request may take, nothing if its deadline has passed.
std::optional<milliseconds> time_left(const HttpRequest& request, const HttpOptions& options,
                                      const Clock& clock) {
  milliseconds left = options.request_timeout;
  if (request.deadline != SteadyTime::max()) {
    left = std::min(left, std::chrono::floor<milliseconds>(request.deadline - clock.steady_now()));
  }
  return left.count() > 0 ? std::optional(left) : std::nullopt;  // to libcurl, 0 is no limit at all
}

void set_method(Setup& setup, const HttpRequest& request) {
  if (request.method == "HEAD") {
    setup.set(CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" || !request.body.empty()) {
    setup.set(CURLOPT_POSTFIELDS, request.body.data());
    setup.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    setup.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

// Whether libcurl's directory of authorities has the names by which OpenSSL finds one of them ("5443e9e3.0").
bool has_indexed_authorities() {
  static const bool result = [] {
    const char* directory = curl_version_info(CURLVERSION_NOW)->capath;
    std::error_code error;
    std::filesystem::directory_iterator entry(directory == nullptr ? "" : directory, error);
    while (!error && entry != std::filesystem::directory_iterator()) {
      if (entry->path().extension() == ".0") {
        return true;
      }
      entry.increment(error);
    }
    return false;
  }();
  return result;
}

void set_trust(Setup& setup, const HttpOptions& options) {
  setup.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  setup.set(CURLOPT_SSL_VERIFYPEER, 1L);
  setup.set(CURLOPT_SSL_VERIFYHOST, 2L);
  setup.set(CURLOPT_SSL_CTX_FUNCTION, &on_tls_context);
  // The system's authorities are looked up in CURLOPT_CAPATH when they are needed. The same as one file,
  // which libcurl would read too, takes 70 ms for each new connection, in which no stop is noticed.
  if (!options.ca_file.empty()) {
    setup.set(CURLOPT_CAINFO, options.ca_file.c_str());
  } else if (has_indexed_authorities()) {
    setup.set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  }
}

void set_route(Setup& setup, const Url& url, bool is_local, const CurlLimits& limits) {
  setup.set(CURLOPT_PROTOCOLS_STR, url.scheme.c_str());
  setup.set(CURLOPT_FOLLOWLOCATION, 0L);
  setup.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // a proxy's heads are not the answer's
  if (is_local || is_loopback(url.host)) {
    setup.set(CURLOPT_NOPROXY, "*");
  }
  setup.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
  setup.set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total.count()));
  setup.set(CURLOPT_NOSIGNAL, 1L);    // no SIGALRM; main ignores the SIGPIPE that OpenSSL's writes may raise
  setup.set(CURLOPT_QUICK_EXIT, 1L);  // ending a transfer does not wait for a resolver thread
}

long number(CURL* easy, CURLINFO what) {
  long value = 0;
  curl_easy_getinfo(easy, what, &value);
  return value;
}

// Whether the transfer has got as far as `milestone`, one of libcurl's times.
bool has_reached(CURL* easy, CURLINFO milestone) {
  curl_off_t microseconds = 0;
  return curl_easy_getinfo(easy, milestone, &microseconds) == CURLE_OK && microseconds > 0;
}

}  // namespace

// A libcurl handle and the connections that it keeps. One request at a time.
class CurlClient::Transfer {
 public:
  // What cannot be woken could not be stopped either: the process is short of file descriptors.
  Transfer()
      : multi_(curl_multi_init()),
        easy_(curl_easy_init()),
        is_broken_(!multi_ || !easy_ || curl_multi_wakeup(multi_.get()) != CURLM_OK) {}

  [[nodiscard]] bool is_usable() const { return !is_broken_; }

  Result<HttpResponse> run(const HttpRequest& request, const Url& url, const HttpOptions& options,
                           const CurlLimits& limits, const std::stop_token& stop) {
    ResponseReader reader(options.max_body_bytes);
    const HeaderList headers = to_list(headers_to_send(request, options));
    std::array<char, CURL_ERROR_SIZE> detail{};
    const std::unique_ptr<Transfer, CleanUp> clean_up(this);
    Setup setup(easy_.get());
    setup.set(CURLOPT_ERRORBUFFER, detail.data());
    setup.set(CURLOPT_URL, full_url(url).c_str());
    setup.set(CURLOPT_PATH_AS_IS, 1L);
    setup.set(CURLOPT_HTTPHEADER, headers.get());
    setup.set(CURLOPT_HEADERFUNCTION, &on_head_line);
    setup.set(CURLOPT_HEADERDATA, &reader);
    setup.set(CURLOPT_WRITEFUNCTION, &on_body);
    setup.set(CURLOPT_WRITEDATA, &reader);
    set_method(setup, request);
    set_trust(setup, options);
    set_route(setup, url, request.is_local_service, limits);
    const std::optional<CURLcode> result = setup.result() == CURLE_OK ? drive(stop) : setup.result();
    if (!result) {
      return fail(ErrorKind::cancelled, url.origin() + ": given up, a stop was requested");
    }
    if (*result != CURLE_OK && reader.refusal().empty()) {
      return fail(explain(failure(*result, detail.data(), reader.has_head()), url, limits));
    }
    return std::move(reader).finish().map_error(
        [&](Error error) { return std::move(error).within(url.origin()); });
  }

 private:
  // libcurl's verdict, nothing if the stop came first.
  std::optional<CURLcode> drive(const std::stop_token& stop) {
    CURLM* multi = multi_.get();
    if (curl_multi_add_handle(multi, easy_.get()) != CURLM_OK) {
      is_broken_ = true;
      return CURLE_FAILED_INIT;
    }
    const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
    int running = 1;
    while (running > 0) {
      if (stop.stop_requested()) {
        return std::nullopt;
      }
      if (curl_multi_perform(multi, &running) != CURLM_OK ||
          (running > 0 && curl_multi_poll(multi, nullptr, 0, kLongestWait, nullptr) != CURLM_OK)) {
        is_broken_ = true;
        return CURLE_FAILED_INIT;
      }
    }
    int queued = 0;
    const CURLMsg* message = curl_multi_info_read(multi, &queued);
    return message == nullptr ? CURLE_FAILED_INIT : message->data.result;
  }

  CurlFailure failure(CURLcode code, const char* detail, bool has_head) const {
    CURL* easy = easy_.get();
    return {.code = code,
            .detail = *detail == '\0' ? curl_easy_strerror(code) : detail,
            .os_error = static_cast<int>(number(easy, CURLINFO_OS_ERRNO)),
            .is_resolved = has_reached(easy, CURLINFO_NAMELOOKUP_TIME_T),
            .is_connected = number(easy, CURLINFO_LOCAL_PORT) != 0,  // libcurl's connect time includes TLS
            .is_ready = has_reached(easy, CURLINFO_PRETRANSFER_TIME_T),
            .has_head = has_head};
  }

  // Ends what is still under way and forgets the request; healthy connections are kept.
  struct CleanUp {
    void operator()(Transfer* transfer) const {
      curl_multi_remove_handle(transfer->multi_.get(), transfer->easy_.get());
      curl_easy_reset(transfer->easy_.get());
    }
  };

  std::unique_ptr<CURLM, CloseMulti> multi_;
  std::unique_ptr<CURL, CloseEasy> easy_;  // after multi_, for it must be closed first
  bool is_broken_;
};

// The transfers that are free, most recently used last: its connections are the ones most likely still open.
class CurlClient::Pool {
 public:
  std::unique_ptr<Transfer> take() {
    const std::scoped_lock lock(mutex_);
    if (free_.empty()) {
      return std::make_unique<Transfer>();
    }
    auto transfer = std::move(free_.back());
    free_.pop_back();
    return transfer;
  }

  void give_back(std::unique_ptr<Transfer> transfer) {
    if (transfer->is_usable()) {
      const std::scoped_lock lock(mutex_);
      free_.push_back(std::move(transfer));
    }
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Transfer>> free_;
};

CurlClient::CurlClient(HttpOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), pool_(std::make_unique<Pool>()) {}

CurlClient::~CurlClient() = default;

Result<HttpResponse> CurlClient::send(const HttpRequest& request, const std::stop_token& stop) {
  const auto url = checked(request);
  if (!url) {
    return fail(url.error());
  }
  const auto left = time_left(request, options_, clock_);
  if (!left) {
    return fail(ErrorKind::timeout, url->origin() + ": not asked, the deadline had passed already");
  }
  if (stop.stop_requested()) {
    return fail(ErrorKind::cancelled, url->origin() + ": not asked, a stop was requested");
  }
  auto transfer = curl_is_ready() ? pool_->take() : nullptr;
  if (!transfer || !transfer->is_usable()) {
    return fail(ErrorKind::internal,
                url->origin() + ": not asked, no memory or file descriptors for a request");
  }
  auto response =
      transfer->run(request, *url, options_, {std::min(options_.connect_timeout, *left), *left}, stop);
  pool_->give_back(std::move(transfer));
  return response;
}

}  // namespace iothub
